namespace DevopsCd.Host.Broker;

/// <summary>The broker's URL taken apart; single keys win over the URL's parts.</summary>
internal sealed record BrokerAddress(string Host, ushort Port, string VirtualHost, string Username, string Password, bool Tls)
{
    public static BrokerAddress From(BrokerOptions options)
    {
        var uri = new Uri(options.Url);
        var tls = uri.Scheme == "amqps";
        var user = uri.UserInfo.Split(':', 2);
        var path = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        return new BrokerAddress(
            uri.Host,
            (ushort)(uri.Port > 0 ? uri.Port : tls ? 5671 : 5672),
            options.VirtualHost ?? (path.Length == 0 ? "/" : path),
            options.Username ?? (user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : "guest"),
            options.Password ?? (user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "guest"),
            tls);
    }

    // Without the password: this text reaches logs.
    public override string ToString() => $"{(Tls ? "amqps" : "amqp")}://{Host}:{Port}/{VirtualHost}";
}
