namespace DevopsCd.Shared.OpenApi;

/// <summary>What a route says of itself beside its handler's types; <see cref="ContractTransformer" /> writes it into the document.</summary>
internal static class RouteDescription
{
    /// <param name="route">The route.</param>
    /// <param name="name">Its <c>operationId</c>.</param>
    /// <param name="summary">What it does, in a few words and the imperative.</param>
    /// <param name="description">What a caller has to know beside that.</param>
    public static RouteHandlerBuilder Named(this RouteHandlerBuilder route, string name, string summary, string? description = null)
    {
        route.WithName(name).WithSummary(summary);
        return description is null ? route : route.WithDescription(description);
    }

    /// <summary>Says what a status that is no refusal means.</summary>
    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder route, int status, string description) =>
        route.WithMetadata(new AnswerMeaning(status, description));

    /// <summary>Declares refusals of the handler itself; those of the rooms before it are declared where they are made.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params IEnumerable<ProblemType> types) =>
        route.WithMetadata([.. types.Select(type => new Refusal(type))]);

    /// <summary>The same, for what describes endpoints while they are built.</summary>
    public static void Refuses(this EndpointBuilder endpoint, params IEnumerable<ProblemType> types)
    {
        foreach (var type in types)
            endpoint.Metadata.Add(new Refusal(type));
    }
}
