namespace DevopsCd.Testing.Hosting;

/// <summary>A host process ended when it should have run.</summary>
public sealed class HostEndedException(string name, int exitCode, string log) : HopelessException(
    $"{name} ended with {exitCode}:{Environment.NewLine}{log}");
