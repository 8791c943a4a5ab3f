using System.Reflection;
using System.Reflection.Emit;
using DevopsCd.Core.Releases;

namespace DevopsCd.Ui.Tests.Components;

/// <summary>Finds the words of every sentence that a program can say, in its code: what the compiler has made of the interpolated strings.</summary>
internal sealed class SaidWords
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly HashSet<string> _words = new(StringComparer.Ordinal);
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>With places, as the sentences have them.</summary>
    public IReadOnlyCollection<string> Words => _words;

    /// <summary>Methods that make a sentence of a text which is not written there: nobody can say it in another language.</summary>
    public IReadOnlyCollection<string> Texts => _texts;

    public static SaidWords In(params IEnumerable<Assembly> assemblies)
    {
        var found = new SaidWords();
        foreach (var type in assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type != typeof(Sentence)))
            foreach (var method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
                if (method.GetMethodBody()?.GetILAsByteArray() is { } code)
                    found.Read(method, code);
        return found;
    }

    private void Read(MethodBase method, byte[] code)
    {
        var made = new List<SentenceInMaking>();
        string? text = null;
        var wasWritten = false;
        foreach (var (operation, operand) in Operations(code))
        {
            if (operation == OpCodes.Ldstr)
            {
                (text, wasWritten) = (method.Module.ResolveString(operand), true);
                continue;
            }
            if (operation == OpCodes.Call || operation == OpCodes.Callvirt || operation == OpCodes.Newobj)
                Called(method, Resolve(method, operand), text, wasWritten, made);
            if (operation != OpCodes.Nop)
                wasWritten = false;
        }
        foreach (var sentence in made)
            _words.Add(sentence.Words);
    }

    private void Called(MethodBase method, MethodBase? called, string? text, bool wasWritten, List<SentenceInMaking> made)
    {
        if (called?.DeclaringType != typeof(Sentence))
            return;
        switch (called.Name)
        {
            case ".ctor" when called.GetParameters() is [{ ParameterType: var literal }, var places] && literal == typeof(int) && places.ParameterType == typeof(int):
                made.Add(new SentenceInMaking());
                break;
            case nameof(Sentence.AppendLiteral):
                made[^1].Add(text!.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
                break;
            case nameof(Sentence.AppendFormatted):
                made[^1].AddPlace(called.GetParameters().Length > 1 && wasWritten ? text : null);
                break;
            case "op_Implicit" when called is MethodInfo { ReturnType: var type } && type == typeof(Sentence):
                if (wasWritten)
                    _words.Add(text!.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
                else
                    _texts.Add($"{method.DeclaringType}.{method.Name}");
                break;
        }
    }

    private static MethodBase? Resolve(MethodBase method, int token)
    {
        try
        {
            return method.Module.ResolveMethod(token, method.DeclaringType?.IsGenericType == true ? method.DeclaringType.GetGenericArguments() : null,
                method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
        catch (Exception e) when (e is ArgumentException or FileNotFoundException or TypeLoadException)
        {
            // Of an assembly that is not there; no sentence is made by it.
            return null;
        }
    }

    private static IEnumerable<(OpCode Operation, int Operand)> Operations(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var operation = code[at] == 0xFE ? s_codes[unchecked((short)(0xFE00 | code[at + 1]))] : s_codes[code[at]];
            at += operation.Size;
            var operand = operation.OperandType is OperandType.InlineNone or OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar
                or OperandType.InlineVar ? 0 : BitConverter.ToInt32(code, at);
            yield return (operation, operand);
            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * operand,
                _ => 4
            };
        }
    }

    /// <summary>The words of one sentence, so far; sentences are written one after the other, and never in one another.</summary>
    private sealed class SentenceInMaking
    {
        private readonly System.Text.StringBuilder _words = new();
        private int _places;

        public string Words => _words.ToString();

        public void Add(string words) => _words.Append(words);

        public void AddPlace(string? format) =>
            _words.Append(System.Globalization.CultureInfo.InvariantCulture, $"{{{_places++}{(format is null ? "" : $":{format}")}}}");
    }
}
