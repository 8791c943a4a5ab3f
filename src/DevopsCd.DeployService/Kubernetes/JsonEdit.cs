namespace DevopsCd.DeployService.Kubernetes;

/// <summary>One step of a JSON Patch (RFC 6902).</summary>
internal sealed record JsonEdit(string Op, string Path, object? Value = null)
{
    /// <summary>Makes the whole patch fail with a conflict when the object has changed since it was read.</summary>
    public static JsonEdit Unchanged(KubeObject read) => new("replace", "/metadata/resourceVersion", read.ResourceVersion);

    public static string Escape(string name) => name.Replace("~", "~0").Replace("/", "~1");
}
