using System.Text.Json;
using DevopsCd.Core.Intake.Messages;

namespace DevopsCd.Host.Broker;

/// <summary>Who may give an order over the broker: whoever the broker vouches for, in their own name.</summary>
/// <param name="options">The transport's options.</param>
/// <param name="hasStrangers">False in memory, where nobody but this process can send.</param>
internal sealed class SenderRights(BrokerOptions options, bool hasStrangers)
{
    private readonly HashSet<string> _trusted = [.. options.TrustedUsers, options.Address.Username];

    /// <exception cref="MessageRefused">The order comes from nobody, or in another's name.</exception>
    public void Check(ContractType contract, JsonElement message, string? user)
    {
        if (!hasStrangers || !options.RequireUserId || !(contract.NeedsPerson || contract.Flow == MessageFlow.Inner))
            return;
        if (user is null)
            throw new MessageRefused($"{contract.Name} needs a person's right: set the AMQP property user_id to your connection's user");
        if (_trusted.Contains(user))
            return;
        if (contract.Flow == MessageFlow.Inner)
            throw new MessageRefused($"{contract.Name} is the engine's own; nobody else may send it");
        if (message.TryGetProperty("operator", out var named) && named.ValueKind == JsonValueKind.String && named.GetString() != user)
            throw new MessageRefused(contract.Name, [new FieldError("operator", $"must be '{user}', the user of the connection")]);
    }
}
