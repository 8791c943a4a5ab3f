namespace DevopsCd.Cli.Output;

/// <summary>How data is written.</summary>
internal enum OutputFormat
{
    /// <summary>Columns for people.</summary>
    Table,

    /// <summary>More columns.</summary>
    Wide,

    /// <summary>The body of the API's answer as it came.</summary>
    Json,

    /// <summary>The same as YAML.</summary>
    Yaml,

    /// <summary>What each item is called in commands, one a line.</summary>
    Name
}
