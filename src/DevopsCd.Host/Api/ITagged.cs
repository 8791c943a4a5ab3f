namespace DevopsCd.Host.Api;

/// <summary>What is answered under an ETag of its own.</summary>
internal interface ITagged
{
    /// <summary>The ETag without quotes, or its beginning.</summary>
    string Tag { get; }

    /// <summary>The ETag ends with a hash of the answer's body.</summary>
    bool EndsWithBody { get; }
}
