using System.Reflection;

namespace DevopsCd.Shared;

/// <summary>The version of this program, without the commit it was built from.</summary>
internal static class ProgramVersion
{
    public static readonly string Text = typeof(ProgramVersion).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
