using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace DevopsCd.Host.Api;

/// <summary>An error that can be told in the reader's language.</summary>
internal sealed class SaidProblem : ProblemDetails
{
    /// <summary>What is wrong with this request; null leaves it to the status.</summary>
    [JsonIgnore]
    public Sentence? Said { get; init; }

    /// <summary>Further members, in the words that it is given; null for none.</summary>
    [JsonIgnore]
    public Func<Func<Sentence, string>, Dictionary<string, object?>>? Further { get; init; }
}
