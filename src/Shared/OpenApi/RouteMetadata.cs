using Microsoft.AspNetCore.Http.Metadata;

namespace DevopsCd.Shared.OpenApi;

/// <summary>A refusal that the route may answer.</summary>
internal sealed record Refusal(ProblemType Problem) : IProducesResponseTypeMetadata
{
    public const string ContentType = "application/problem+json";

    public Type Type => Problem.Body;

    public int StatusCode => Problem.Status;

    public IEnumerable<string> ContentTypes => [ContentType];
}

/// <summary>What a status that is no refusal means.</summary>
internal sealed record AnswerMeaning(int Status, string Description);

/// <summary>A header the route reads.</summary>
/// <param name="Name">The header.</param>
/// <param name="Description">What it is for and what happens without it.</param>
/// <param name="Example">A value as it is sent.</param>
/// <param name="IsRequired">The request is refused without it.</param>
internal sealed record RequestHeader(string Name, string Description, string Example, bool IsRequired = false);

/// <summary>A header the route answers.</summary>
/// <param name="Name">The header.</param>
/// <param name="Description">What it says.</param>
/// <param name="Example">A value as it is answered.</param>
/// <param name="Statuses">The statuses that carry it.</param>
internal sealed record ResponseHeader(string Name, string Description, string Example, params int[] Statuses);
