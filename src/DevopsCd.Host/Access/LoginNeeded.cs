namespace DevopsCd.Host.Access;

/// <summary>Marks routes outside of the API that want to know who asks.</summary>
internal sealed class LoginNeeded;
