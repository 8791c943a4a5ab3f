using System.Text.Json;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.MessageContracts;

namespace DevopsCd.Host.Broker;

/// <summary>Who may give an order over the broker: whoever the broker vouches for, in their own name.</summary>
/// <param name="options">The transport's options.</param>
/// <param name="hasStrangers">False in memory, where nobody but this process can send.</param>
internal sealed class SenderRights(BrokerOptions options, bool hasStrangers)
{
    private readonly string _own = options.Address.Username;
    private readonly HashSet<string> _trusted = [.. options.TrustedUsers, options.Address.Username];

    /// <exception cref="MessageRefusedException">The order comes from nobody, or in another's name.</exception>
    public void Check(ContractType contract, JsonElement message, string? user)
    {
        if (!hasStrangers)
            return;
        CheckName(contract, message, user);
        if (!options.RequireUserId || !(contract.NeedsPerson || contract.Flow == MessageFlow.Inner))
            return;
        if (user is null)
            throw new MessageRefusedException($"{contract.Name} needs a person's right: set the AMQP property user_id to your connection's user");
        if (_trusted.Contains(user))
            return;
        if (contract.Flow == MessageFlow.Inner)
            throw new MessageRefusedException($"{contract.Name} is the engine's own; no other sender may send it");
        if (message.TryGetProperty("operator", out var named) && named.ValueKind == JsonValueKind.String && TextOf(named) != user)
            throw new MessageRefusedException(contract.Name, [new FieldError("operator", $"must be '{user}', the user of the connection")]);
    }

    /// <summary>
    /// Whatever the message and whoever is trusted: nobody but the engine is written down under a system identity, or one that looks like it.
    /// Without verified users the engine's own cannot be told from a stranger who writes the same.
    /// </summary>
    private void CheckName(ContractType contract, JsonElement message, string? user)
    {
        if (!message.TryGetProperty("operator", out var named) || named.ValueKind != JsonValueKind.String || TextOf(named) is not { Length: > 0 } name
            || !Operators.LooksLikeSystem(name))
            return;
        // A deploy system may say what it is in what it reports; orders are people's.
        if (name == Operators.DeploySystem ? !contract.NeedsPerson : name == Operators.Engine && (!options.RequireUserId || user == _own))
            return;
        throw new MessageRefusedException(contract.Name,
            [new FieldError("operator", $"'{name}' is taken for a system identity; write the name of a person or program")]);
    }

    /// <summary>Null for what no string can hold; who reads the message refuses it by its field.</summary>
    private static string? TextOf(JsonElement named)
    {
        try
        {
            return named.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
