using DevopsCd.Core.Tests.Engines;

[assembly: AssemblyFixture(typeof(Templates))]

namespace DevopsCd.Core.Tests.Engines;

/// <summary>Leaves nothing behind after a run.</summary>
public sealed class Templates : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await TestDatabase.DropTemplates();
}
