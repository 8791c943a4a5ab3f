namespace DevopsCd.Host.Ui.Viewing;

/// <summary>One opening of a page: first rendered by a request, then taken over by a connection.</summary>
/// <param name="Id">Known to this page alone.</param>
internal sealed record Visit(string Id);
