namespace DevopsCd.Core.Evidence;

/// <summary>A file of evidence.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Content">The zip.</param>
/// <param name="Tag">The same for the same evidence, whenever and by whomever it is asked for.</param>
internal sealed record EvidencePackage(string Name, byte[] Content, string Tag);
