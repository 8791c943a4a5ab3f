using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DevopsCd.Core.Data;

/// <summary>Stores an enum by its name in snake_case, so that rows can be read without this program.</summary>
internal sealed class SnakeCaseConverter<T>() : ValueConverter<T, string>(value => EnumNames<T>.Of(value), text => EnumNames<T>.Value(text))
    where T : struct, Enum;
