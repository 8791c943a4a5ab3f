using DevopsCd.Testing.Hosting;

#pragma warning disable CA1050, CA1515, IDE0130 // the runtime looks for this name, in no namespace

/// <summary>Makes this assembly known to a host process that does not refer to it, so that <see cref="SkewedClock"/> is found.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        var here = typeof(StartupHook).Assembly;
        System.Runtime.Loader.AssemblyLoadContext.Default.Resolving += (_, name) => name.Name == here.GetName().Name ? here : null;
        Environment.SetEnvironmentVariable("ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", here.GetName().Name);
    }
}
