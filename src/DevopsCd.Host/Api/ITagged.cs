namespace DevopsCd.Host.Api;

/// <summary>What is answered under an ETag of its own.</summary>
internal interface ITagged
{
    /// <summary>The ETag without quotes.</summary>
    string Tag { get; }
}
