namespace DevopsCd.Testing.Contracts;

/// <summary>A service answered what its OpenAPI document does not declare.</summary>
public sealed class ContractBrokenException(string message) : HopelessException(message);
