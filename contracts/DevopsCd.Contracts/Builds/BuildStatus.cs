using System.Text.Json.Serialization;

namespace DevopsCd.Contracts;

/// <summary>How a build stands.</summary>
[JsonConverter(typeof(StrictEnumConverter<BuildStatus>))]
public enum BuildStatus
{
    /// <summary>Still running.</summary>
    Running,

    /// <summary>Finished with an image that may be released.</summary>
    Success,

    /// <summary>Finished without one.</summary>
    Failed,

    /// <summary>Stopped by somebody.</summary>
    Cancelled
}
