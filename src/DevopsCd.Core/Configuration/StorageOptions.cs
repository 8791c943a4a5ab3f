using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Configuration;

/// <summary>Section <c>core:storage</c>.</summary>
internal sealed class StorageOptions
{
    public const string Section = "core:storage";

    [AllowedValues("sqlite", "postgres")]
    public string Provider { get; init; } = "sqlite";

    /// <summary>The database. A secret when it holds a password: never logged.</summary>
    [ConfigurationKeyName("connection_string")]
    public string ConnectionString { get; init; } = "Data Source=data/devopscd.db";

    /// <summary>Fills an empty catalogue with six sample applications at the first start.</summary>
    [ConfigurationKeyName("sample_catalogue")]
    public bool? SampleCatalogue { get; init; }

    public bool Postgres => Provider == "postgres";
}
