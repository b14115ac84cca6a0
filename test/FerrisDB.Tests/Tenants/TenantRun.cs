using System.Buffers.Binary;
using System.Text;

namespace FerrisDB.Tests.Tenants;

// Two tenants and the plain database, beside three plain models. In each round somebody reads in one place and is
// overtaken by somebody who writes in one. What is read must be what the model says; where the model says that the
// same reads would now give something else, the first one must conflict; and where the two are in different places,
// it must not. Now and then a tenant is deleted under somebody who writes into it.

/// <summary>Random transactions of two tenants and outside of them.</summary>
internal sealed class TenantRun(int seed) : IDisposable
{
    private const int StampSize = 10;

    private readonly Random _random = new(seed);
    private readonly Database _database = Database.OpenInMemory(
        new DatabaseOptions { Seed = seed, MaxRetryDelay = TimeSpan.Zero, TransactionTimeout = TimeSpan.Zero });

    private readonly List<TenantPlace> _places = [];
    private int _values;

    public int Conflicts { get; private set; }

    public int Deleted { get; private set; }

    public void Dispose() => _database.Dispose();

    public async Task PlayAsync(int rounds)
    {
        await _database.SetTenantModeAsync(TenantMode.Optional);
        await _database.CreateTenantAsync("one"u8);
        await _database.CreateTenantAsync("two"u8);
        _places.Add(new TenantPlace("plain", _database, isTenant: false));
        _places.Add(new TenantPlace("one", _database.OpenTenant("one"u8).Database, isTenant: true));
        _places.Add(new TenantPlace("two", _database.OpenTenant("two"u8).Database, isTenant: true));
        for (var round = 0; round < rounds; round++)
        {
            if (_random.Next(10) == 0)
                await DeleteAsync(round, 1 + _random.Next(2));
            else
                await OvertakeAsync(round, _places[_random.Next(3)], _places[_random.Next(3)]);
            foreach (var place in _places)
                Check(round, place.ModelText(), await place.ReadAllAsync(), $"all of {place.Name}");
        }
    }

    private async Task OvertakeAsync(int round, TenantPlace first, TenantPlace second)
    {
        using var slow = first.Database.CreateTransaction();
        var reads = Enumerable.Range(0, 1 + _random.Next(2)).Select(_ => Read(first)).ToList();
        var before = new List<string>();
        foreach (var read in reads)
        {
            before.Add(await read.Run(slow));
            Check(round, read.Expected(first.Model), before[^1], $"{read.Text} in {first.Name}");
        }
        await WriteAsync(second);
        var mustConflict = first == second && reads.Where(
            (read, index) => read.Expected(first.Model) != before[index]).Any();
        var model = first.CopyOfModel();
        var late = Write(slow, first, model);
        var stamp = slow.GetVersionstampAsync();

        var failure = await slow.TryCommitAsync();

        Assert.True(failure is null or { Code: ErrorCode.NotCommitted }, $"seed {seed}, round {round}: {failure}");
        if (first != second)
            Assert.True(failure is null, $"seed {seed}, round {round}: {first.Name} conflicts with {second.Name}");
        if (mustConflict)
        {
            Conflicts++;
            var what = string.Join(", ", reads.Select(read => read.Text));
            Assert.True(failure is not null, $"seed {seed}, round {round}: {first.Name} has read {what} and commits");
        }
        if (failure is not null)
        {
            await Assert.ThrowsAsync<FerrisException>(() => stamp);
            return;
        }
        if (late is not null)
            model[[(byte)'v', .. await stamp]] = late;
        first.SetModel(model);
    }

    private async Task WriteAsync(TenantPlace place)
    {
        using var quick = place.Database.CreateTransaction();
        var model = place.CopyOfModel();
        var late = Write(quick, place, model);
        var stamp = quick.GetVersionstampAsync();
        await quick.CommitAsync();
        if (late is not null)
            model[[(byte)'v', .. await stamp]] = late;
        place.SetModel(model);
    }

    // A tenant that has keys stays. One that has none goes, and takes what somebody was about to write with it.
    private async Task DeleteAsync(int round, int index)
    {
        var place = _places[index];
        if (place.Model.Count > 0)
        {
            if (_random.Next(2) == 0)
            {
                await place.Database.RunAsync(transaction => transaction.ClearRange([], KeyLimits.UserEnd));
                place.Model.Clear();
                return;
            }
            var refused = await Assert.ThrowsAsync<FerrisException>(
                async () => await _database.DeleteTenantAsync(Encoding.UTF8.GetBytes(place.Name)));
            Assert.Equal(ErrorCode.TenantNotEmpty, refused.Code);
            return;
        }
        Deleted++;
        using var writer = place.Database.CreateTransaction();
        if (_random.Next(2) == 0)
            await writer.GetAsync("a"u8);
        writer.Set("a"u8, "lost"u8);
        await _database.DeleteTenantAsync(Encoding.UTF8.GetBytes(place.Name));
        if (_random.Next(2) == 0)
            await _database.CreateTenantAsync(Encoding.UTF8.GetBytes(place.Name));

        var failure = await writer.TryCommitAsync();

        Assert.True(
            failure is { Code: ErrorCode.TenantNotFound },
            $"seed {seed}, round {round}: a write into {place.Name}, which was deleted, ended with {failure}");
        if ((await _database.ListTenantsAsync()).Count == 1)
            await _database.CreateTenantAsync(Encoding.UTF8.GetBytes(place.Name));
        var anew = _database.OpenTenant(Encoding.UTF8.GetBytes(place.Name));
        _places[index] = new TenantPlace(place.Name, anew.Database, isTenant: true);
    }

    // Returns the value of a versionstamped key, if one was written.
    private byte[]? Write(Transaction transaction, TenantPlace place, SortedDictionary<byte[], byte[]> model)
    {
        byte[]? late = null;
        for (var left = 1 + _random.Next(3); left > 0; left--)
        {
            var (key, value) = (Key(), Encoding.ASCII.GetBytes($"{_values++};"));
            switch (_random.Next(6))
            {
                case 0:
                    transaction.Clear(key);
                    model.Remove(key);
                    break;
                case 1:
                    var end = _random.Next(3) == 0 ? KeyLimits.UserEnd : [.. key, (byte)'z'];
                    var begin = _random.Next(3) == 0 ? place.First : key;
                    // A key whose stamp is not known yet may lie in there or not.
                    if (late is not null)
                        break;
                    transaction.ClearRange(begin, end);
                    foreach (var gone in In(model, begin, end))
                        model.Remove(gone);
                    break;
                case 2:
                    transaction.Atomic(MutationType.AppendIfFits, key, value);
                    model[key] = model.TryGetValue(key, out var old) ? [.. old, .. value] : value;
                    break;
                case 3 when late is null:
                    transaction.SetVersionstampedKey(Stamped(), value);
                    late = value;
                    break;
                default:
                    transaction.Set(key, value);
                    model[key] = value;
                    break;
            }
        }
        return late;
    }

    private TenantRead Read(TenantPlace place)
    {
        var (begin, end, key) = (Key(), Key(), Key());
        if (begin.AsSpan().SequenceCompareTo(end) > 0)
            (begin, end) = (end, begin);
        if (_random.Next(3) == 0)
            (begin, end) = (place.First, KeyLimits.UserEnd);
        return _random.Next(place.IsTenant ? 3 : 2) switch
        {
            0 => TenantRead.Get(key),
            1 => TenantRead.Page(begin, end, _random.Next(4), _random.Next(2) == 0),
            _ => TenantRead.Selector(new KeySelector(key, _random.Next(2) == 0, _random.Next(-3, 5))),
        };
    }

    private static List<byte[]> In(SortedDictionary<byte[], byte[]> model, byte[] begin, byte[] end) =>
        [.. model.Keys.Where(key => key.AsSpan().SequenceCompareTo(begin) >= 0
            && key.AsSpan().SequenceCompareTo(end) < 0)];

    private static byte[] Stamped()
    {
        byte[] key = [(byte)'v', .. new byte[StampSize], 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(key.Length - sizeof(int)), 1);
        return key;
    }

    private byte[] Key() => _random.Next(2) == 0
        ? [(byte)('a' + _random.Next(5))]
        : [(byte)('a' + _random.Next(5)), (byte)('a' + _random.Next(3))];

    private void Check(int round, string expected, string actual, string what) =>
        Assert.True(expected == actual, $"seed {seed}, round {round}: {what} is '{actual}' and should be '{expected}'");
}
