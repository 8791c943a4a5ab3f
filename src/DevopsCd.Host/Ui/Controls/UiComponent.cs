using DevopsCd.Host.Ui.Texts;
using Microsoft.AspNetCore.Components;

namespace DevopsCd.Host.Ui.Controls;

/// <summary>What every component of the pages has at hand.</summary>
public abstract class UiComponent : ComponentBase
{
    /// <summary>The texts in the reader's language.</summary>
    [CascadingParameter]
    private protected TextTable Texts { get; set; } = null!;
}
