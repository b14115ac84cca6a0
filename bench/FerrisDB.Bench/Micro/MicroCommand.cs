using System.CommandLine;
using FerrisDB.Storage;

namespace FerrisDB.Bench;

/// <summary>The subcommand that measures single structures by themselves, in this process.</summary>
internal static class MicroCommand
{
    public static Command New()
    {
        var entries = new Option<int>("--entries")
        {
            Description = "entries, rounded up to a power of two",
            DefaultValueFactory = _ => 1_000_000,
        };
        var rounds = new Option<int>("--rounds")
        {
            Description = "times that every operation is measured",
            DefaultValueFactory = _ => 3,
        };
        var only = new Option<string>("--only")
        {
            Description = "a part of the names of the operations to measure",
            DefaultValueFactory = _ => "",
        };
        var structure = new Option<MemTableStructure?>("--structure")
        {
            Description = "BTree or SkipList; both if none",
        };
        var memTable = new Command("memtable", "Insertion, reads and scans of a MemTable.")
        {
            entries, rounds, only, structure,
        };
        memTable.SetAction(parsed => MemTableMicro.Run(
            parsed.GetValue(entries), parsed.GetValue(rounds), parsed.GetValue(only)!, parsed.GetValue(structure),
            Console.Out));
        var table = new Command("table", "Writing, reads and scans of a table.") { entries, rounds, only };
        table.SetAction(parsed => SSTableMicro.Run(
            parsed.GetValue(entries), parsed.GetValue(rounds), parsed.GetValue(only)!, Console.Out));
        var writeMap = new Command("writemap", "A transaction's own writes, from the calls to the commit.") { rounds };
        writeMap.SetAction(parsed => WriteMapMicro.Run(parsed.GetValue(rounds), Console.Out));
        var transaction =
            new Command("transaction", "A transaction of one set, with listeners and without.") { rounds };
        transaction.SetAction(parsed => TransactionMicro.Run(parsed.GetValue(rounds), Console.Out));
        return new Command("micro", "Measures one structure by itself.")
        {
            memTable, table, writeMap, transaction, Wal(), Conflicts(), Remote(), Native(),
        };
    }

    private static Command Conflicts()
    {
        var boundaries = new Option<int>("--boundaries")
        {
            Description = "boundaries that the set holds while it is measured; 0 measures 100,000 and 1,000,000",
        };
        var rounds = new Option<int>("--rounds")
        {
            Description = "times that every case is measured",
            DefaultValueFactory = _ => 3,
        };
        var only = new Option<string>("--only")
        {
            Description = "a part of the names of the cases to measure",
            DefaultValueFactory = _ => "",
        };
        var conflicts = new Command("conflicts", "Checks and writes of a conflict set.") { boundaries, rounds, only };
        conflicts.SetAction(parsed =>
        {
            var asked = parsed.GetValue(boundaries);
            int[] counts = asked > 0 ? [asked] : [100_000, 1_000_000];
            foreach (var count in counts)
                new ConflictMicro(count, parsed.GetValue(rounds), parsed.GetValue(only)!, Console.Out).Run();
        });
        return conflicts;
    }

    private static Command Remote()
    {
        var cluster = new Argument<string>("cluster")
        {
            Description = "cluster file of a running `ferrisdb serve`, or the address of an etcd, http://...",
        };
        var outstanding = new Option<int[]>("--outstanding")
        {
            Description = "requests that are under way at once",
            DefaultValueFactory = _ => [1, 16, 64, 256, 1024],
            AllowMultipleArgumentsPerToken = true,
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = "length of each measurement",
            DefaultValueFactory = _ => 2,
        };
        var only = new Option<string>("--only")
        {
            Description = "names of the workloads to measure, with commas between them",
            DefaultValueFactory = _ => "",
        };
        var durability = new Option<Durability>("--durability")
        {
            Description = "what commits survive",
            DefaultValueFactory = _ => Durability.Sync,
        };
        var share = new Option<double>("--share")
        {
            Description = "then measure the latencies at this share of the load, such as 0.75",
        };
        var remote = new Command("remote", "Transactions on a server.")
        {
            cluster, outstanding, seconds, only, durability, share,
        };
        remote.SetAction((parsed, _) =>
        {
            var load = new OutstandingLoad(
                parsed.GetValue(outstanding)!, parsed.GetValue(seconds), parsed.GetValue(share), Console.Out);
            var address = parsed.GetValue(cluster)!;
            return address.StartsWith("http", StringComparison.Ordinal)
                ? EtcdMicro.RunAsync(address, parsed.GetValue(only)!, load)
                : RemoteMicro.RunAsync(address, parsed.GetValue(only)!, parsed.GetValue(durability), load);
        });
        return remote;
    }

    private static Command Native()
    {
        var library = new Argument<string>("library") { Description = "the path of a libfdb_c.so" };
        var entries = new Option<int[]>("--entries")
        {
            Description = "rows of the database",
            DefaultValueFactory = _ => [1_000, 100_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var rounds = new Option<int>("--rounds")
        {
            Description = "times that every operation is measured",
            DefaultValueFactory = _ => 5,
        };
        var native = new Command("native", "Reads through the C library, beside the same reads from C#.")
        {
            library, entries, rounds,
        };
        native.SetAction(parsed => NativeMicro.Run(
            parsed.GetValue(library)!, parsed.GetValue(entries)!, parsed.GetValue(rounds), Console.Out));
        return native;
    }

    private static Command Wal()
    {
        var folder = new Option<string>("--data")
        {
            Description = "folder for the log, on the disk to measure",
            DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "ferris-wal-micro"),
        };
        var only = new Option<string>("--only")
        {
            Description = "a part of what to measure: batch, log, none, process or sync",
            DefaultValueFactory = _ => "",
        };
        var wal =
            new Command("wal", "A commit of one put up to the MemTable: batch, group commit, log.") { folder, only };
        wal.SetAction(parsed => WalMicro.Run(parsed.GetValue(folder)!, parsed.GetValue(only)!, Console.Out));
        return wal;
    }
}
