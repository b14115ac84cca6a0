namespace FerrisDB;

/// <summary>
/// A part of a database, with keys of its own: its transactions see no others, and those of other tenants see none of
/// them.
/// </summary>
/// <remarks>
/// <para>Thread-safe, and cheap to open: share it or open it anew. It needs no end; it is over with its database, whose
/// options count for its transactions too.</para>
/// <para>Its transactions are those of a database, but for the keys of the system, which they cannot read or write
/// (the metadata version apart), and most special keys (<see cref="ErrorCode.IllegalTenantAccess"/>). They fail with
/// <see cref="ErrorCode.TenantNotFound"/> when the tenant does not exist, or not any more: it is looked for at the
/// first read, and again at the commit. A tenant that was created anew under the same name is another one.</para>
/// <code>
/// await database.SetTenantModeAsync(TenantMode.Optional);
/// await database.CreateTenantAsync("acme"u8);
/// var acme = database.OpenTenant("acme"u8);
/// await acme.RunAsync(transaction => transaction.Set("greeting"u8, "hello"u8));
/// </code>
/// </remarks>
public sealed class Tenant
{
    private readonly TenantCluster _cluster;

    internal Tenant(byte[] name, TenantCluster cluster, Database database)
    {
        Name = name;
        _cluster = cluster;
        Database = database;
    }

    /// <summary>The name that it was opened by.</summary>
    public ReadOnlyMemory<byte> Name { get; }

    /// <summary>What its transactions belong to.</summary>
    internal Database Database { get; }

    private RetryLoop Loop => new(Database);

    /// <summary>Its number, which no other tenant has had or will have.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.TenantNotFound"/>.</exception>
    public ValueTask<long> GetIdAsync() => _cluster.GetIdAsync();

    /// <inheritdoc cref="FerrisDB.Database.CreateTransaction"/>
    public Transaction CreateTransaction() => Database.CreateTransaction();

    /// <inheritdoc cref="FerrisDB.Database.RunAsync{T}(Func{Transaction, ValueTask{T}}, CancellationToken)"/>
    public ValueTask<T> RunAsync<T>(
        Func<Transaction, ValueTask<T>> body, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, null, cancellationToken);

    /// <inheritdoc cref="FerrisDB.Database.RunAsync{T}(Func{Transaction, ValueTask{T}}, CancellationToken)"/>
    public ValueTask RunAsync(Func<Transaction, ValueTask> body, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, null, cancellationToken);

    /// <inheritdoc cref="FerrisDB.Database.RunAsync(Action{Transaction}, CancellationToken)"/>
    public ValueTask RunAsync(Action<Transaction> body, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, null, cancellationToken);

    /// <inheritdoc
    /// cref="FerrisDB.Database.RunAsync{T}(Func{Transaction, ValueTask{T}}, Durability, CancellationToken)"/>
    public ValueTask<T> RunAsync<T>(
        Func<Transaction, ValueTask<T>> body, Durability durability, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, durability, cancellationToken);

    /// <inheritdoc
    /// cref="FerrisDB.Database.RunAsync{T}(Func{Transaction, ValueTask{T}}, Durability, CancellationToken)"/>
    public ValueTask RunAsync(
        Func<Transaction, ValueTask> body, Durability durability, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, durability, cancellationToken);

    /// <inheritdoc
    /// cref="FerrisDB.Database.RunAsync{T}(Func{Transaction, ValueTask{T}}, Durability, CancellationToken)"/>
    public ValueTask RunAsync(
        Action<Transaction> body, Durability durability, CancellationToken cancellationToken = default) =>
        Loop.RunAsync(body, durability, cancellationToken);

    /// <inheritdoc cref="FerrisDB.Database.ReadAsync"/>
    public ValueTask<T> ReadAsync<T>(
        Func<IReadTransaction, ValueTask<T>> body, CancellationToken cancellationToken = default) =>
        Loop.ReadAsync(body, cancellationToken);
}
