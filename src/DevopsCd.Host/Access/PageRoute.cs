namespace DevopsCd.Host.Access;

/// <summary>Marks the pages: whoever is not logged in is led to the login, and back afterwards.</summary>
internal sealed class PageRoute;

/// <summary>Marks the connections by which open pages live: they last as long as the page does.</summary>
internal sealed class PageConnection;
