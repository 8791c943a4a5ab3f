using DevopsCd.Core.Batches;
using DevopsCd.Core.Intake.Messages;

namespace DevopsCd.Host.Api;

/// <summary>One name means one thing, whichever way it comes: bodies obey the rules of messages, and every wrong field is named.</summary>
internal sealed class FieldRulesFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var argument in context.Arguments)
        {
            if (argument is string text && text.Contains('\0'))
                throw BatchRefused.Content("request", "no part of the address may contain the character U+0000");
            if (argument is not null && BodyRules.Apply(argument.GetType()) && BodyRules.Wrong(argument) is { Count: > 0 } wrong)
                throw new BatchRefused(RefusalKind.Content, string.Join("; ", wrong))
                {
                    Fields = wrong.GroupBy(e => e.Path).ToDictionary(g => g.Key, g => g.Select(e => e.Fix).ToArray())
                };
        }
        return next(context);
    }
}
