namespace DevopsCd.Testing;

/// <summary>A test needs a server that is not there. The test fails; the message says how to start it.</summary>
public sealed class TestServerUnreachableException(string server, string address, Exception cause) : HopelessException(
    $"{server} for the tests is not reachable at {address}: start it with `infra/test/servers up`. ({cause.Message})", cause);
