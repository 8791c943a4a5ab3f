using System.Text.Json.Serialization;

namespace DevopsCd.Contracts;

/// <summary>What a deploy system reports of an operation.</summary>
[JsonConverter(typeof(StrictEnumConverter<DeploymentPhase>))]
public enum DeploymentPhase
{
    /// <summary>It runs.</summary>
    Progressing,

    /// <summary>It ended well.</summary>
    Succeeded,

    /// <summary>It ended badly.</summary>
    Failed
}
