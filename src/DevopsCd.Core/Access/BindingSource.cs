namespace DevopsCd.Core.Access;

/// <summary>Where a binding is written.</summary>
internal static class BindingSource
{
    public const string Configuration = "configuration";
    public const string Database = "database";
}
