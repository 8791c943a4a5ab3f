namespace DevopsCd.Core.Releases;

/// <summary>What several people may have to approve.</summary>
internal enum ApprovalKind
{
    /// <summary>The content of the batch, before it is sealed.</summary>
    Release,

    /// <summary>The start of production.</summary>
    Production
}
