namespace DevopsCd.Host.Api;

/// <summary>
/// Marks routes whose work reaches outside of the database and must not be repeated: their key is taken before, so that no crash makes it done
/// twice. The work of other routes is one transaction of the request's context, or may be done twice without harm.
/// </summary>
internal sealed class OutsideWork;
