using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Conversions of saga properties.</summary>
public static class ValueConversionExtensions
{
    /// <summary>Stores the property as JSON in a text column. A change inside the value counts as a change of the property.</summary>
    public static PropertyBuilder<T> HasJsonConversion<T>(this PropertyBuilder<T> builder)
        where T : class?
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.HasConversion(new JsonValueConverter<T>(), new JsonValueComparer<T>());
        return builder;
    }
}
