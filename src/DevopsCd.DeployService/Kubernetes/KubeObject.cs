using System.Text.Json;

namespace DevopsCd.DeployService.Kubernetes;

/// <summary>One object as the API server gave it; immutable.</summary>
internal sealed class KubeObject
{
    public KubeObject(JsonElement root)
    {
        Root = root;
        Name = root.Text("metadata", "name") ?? "";
        Namespace = root.Text("metadata", "namespace");
        Uid = root.Text("metadata", "uid") ?? "";
        ResourceVersion = root.Text("metadata", "resourceVersion") ?? "";
        foreach (var owner in root.Items("metadata", "ownerReferences"))
            if (owner.Flag("controller"))
                Controller = owner.Text("uid");
    }

    public JsonElement Root { get; }
    public string Name { get; }
    public string? Namespace { get; }
    public string Uid { get; }
    public string ResourceVersion { get; }

    /// <summary>The uid of the object that controls this one.</summary>
    public string? Controller { get; }

    public long Generation => Root.At("metadata", "generation") is { ValueKind: JsonValueKind.Number } g ? g.GetInt64() : 0;
    public DateTimeOffset Created => Root.Time("metadata", "creationTimestamp") ?? default;
    public bool Deleting => Root.At("metadata", "deletionTimestamp") is not null;
    public string? Annotation(string name) => Root.Text("metadata", "annotations", name);
    public string? Label(string name) => Root.Text("metadata", "labels", name);

    /// <summary>Whether this is a later version than the other; resource versions of one kind are compared as numbers, as the API servers in use write them.</summary>
    public bool IsNewerThan(KubeObject other) =>
        !ulong.TryParse(ResourceVersion, out var mine) || !ulong.TryParse(other.ResourceVersion, out var theirs) || mine > theirs;
}
