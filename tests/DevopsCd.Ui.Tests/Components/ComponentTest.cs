using Bunit;
using DevopsCd.Host.Ui.Controls;
using DevopsCd.Host.Ui.Texts;
using Microsoft.AspNetCore.Components;

namespace DevopsCd.Ui.Tests.Components;

/// <summary>Renders single components, without a browser and a host.</summary>
public abstract class ComponentTest : BunitContext
{
    /// <summary>Shows a component to a reader.</summary>
    /// <param name="language">The reader's language.</param>
    /// <param name="parameters">What the component is given.</param>
    private protected IRenderedComponent<TComponent> Show<TComponent>(
        Language language, Action<ComponentParameterCollectionBuilder<TComponent>> parameters) where TComponent : IComponent
    {
        var texts = new TextTable(language);
        return Render<TComponent>(builder =>
        {
            builder.AddCascadingValue(texts).AddCascadingValue(new ReaderClock(texts, TimeProvider.System, "Asia/Shanghai"));
            parameters(builder);
        });
    }
}
