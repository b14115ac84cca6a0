namespace FerrisDB.Transactions;

/// <summary>Where a process listens.</summary>
/// <param name="Host">A name, or an IP address without brackets.</param>
/// <param name="Port">1 to 65,535.</param>
/// <param name="IsTls">The connection is encrypted.</param>
internal readonly record struct NetworkAddress(string Host, int Port, bool IsTls)
{
    /// <summary>As in a cluster file.</summary>
    public override string ToString() =>
        (Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}") + (IsTls ? ":tls" : "");
}
