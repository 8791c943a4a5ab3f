using System.Text.Json;

namespace DevopsCd.Core.Batches;

/// <summary>The plans of production that were read last, parsed. A plan is written once and large, and what shows it is asked for again and again.</summary>
internal sealed class ProductionPlans
{
    private const int Most = 8;

    private readonly Lock _lock = new();
    private readonly LinkedList<(string Text, JsonElement Parsed)> _last = [];

    /// <summary>A plan as JSON.</summary>
    /// <param name="text">As it is stored; null for none.</param>
    public JsonElement? Of(string? text)
    {
        if (text is null)
            return null;
        lock (_lock)
            for (var node = _last.First; node is not null; node = node.Next)
                if (node.Value.Text == text)
                {
                    _last.Remove(node);
                    _last.AddFirst(node);
                    return node.Value.Parsed;
                }
        var parsed = JsonSerializer.Deserialize<JsonElement>(text);
        lock (_lock)
        {
            _last.AddFirst((text, parsed));
            if (_last.Count > Most)
                _last.RemoveLast();
        }
        return parsed;
    }
}
