using System.Globalization;
using System.Text;
using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Network;

// The format as a reviewed diff: golden/*.txt are rewritten when FERRIS_UPDATE_GOLDEN=1.
public sealed class ProtocolDumpTests
{
    private readonly StringBuilder _text = new();

    [Fact]
    public void The_bytes_of_a_small_conversation_are_what_the_golden_file_says()
    {
        Handshakes();
        Reads();
        Commit();
        Operators();
        Load();
        Traced();

        GoldenFile.Check("protocol.txt", _text.ToString());
    }

    private void Handshakes()
    {
        Begin("the client's handshake");
        var client = Handshake.OfClient("test:1").Encode();
        Tell(client, "8 magic", "2 newest version", "2 oldest version", "4 length of the extras", "1 extra: cluster",
            "4 its length", "6 test:1", "4 checksum");
        Begin("the server's handshake");
        var server = Handshake.OfClient("test:1").Answer("test:1", 1000).Encode();
        Tell(server, "8 magic", "2 the version that is spoken", "2 the server's oldest version",
            "4 length of the extras", "1 extra: cluster", "4 its length", "6 test:1", "1 extra: last version",
            "4 its length", "8 1000", "4 checksum");
    }

    private void Reads()
    {
        Frame("at which version may I read?", MessageType.GetReadVersion, RoleEndpoint.GrvProxy, 1, _ => { });
        Frame("at this one", MessageType.ReadVersion, RoleEndpoint.GrvProxy, 1,
            writer => writer.WriteInt64(1000), "8 version 1000");
        Frame("at which may one with a tag?", MessageType.GetReadVersion, RoleEndpoint.GrvProxy, 10,
            writer => StartMessage.Write(
                writer, TransactionPriority.Default, isLockAware: false, 1,
                [new TransactionTag([.. "web"u8], IsAutomatic: true)]),
            "1 priority: default", "1 transactions: 1", "1 tags: 1", "1 the server may throttle it by itself",
            "1 length", "3 tag web");
        Frame("the value of a key", MessageType.Get, RoleEndpoint.StorageServer, 2,
            writer => StorageMessage.WriteGet(writer, "apple"u8, 1000), "8 version 1000", "5 key apple");
        Frame("this one", MessageType.Value, RoleEndpoint.StorageServer, 2,
            writer =>
            {
                writer.WriteByte(1);
                writer.WriteRaw("red"u8);
            },
            "1 it is there", "3 value red");
        Frame("rows of a range", MessageType.GetRange, RoleEndpoint.StorageServer, 3,
            writer => StorageMessage.WriteGetRange(
                writer, "a"u8, "b"u8, new RangeQuestion(1000, 100, 4096, Reverse: true, KeysOnly: false)),
            "8 version 1000", "1 flags: reverse", "1 rows: 100", "2 bytes: 4096", "1 length", "1 begin a", "1 length",
            "1 end b");
    }

    private void Commit()
    {
        var transaction = new CommitTransaction
        {
            ReadVersion = 1000,
            Id = new IdempotencyId(1000, 0x1122334455667788, 3),
            Attempt = 1,
        };
        transaction.Reads.AddPoint("apple"u8);
        transaction.Writes.Add("a"u8, "b"u8);
        transaction.Mutations.Add(MutationKind.Set, "apple"u8, "green"u8);
        Frame("a transaction, sent for the second time", MessageType.Commit, RoleEndpoint.CommitProxy, 4,
            writer => CommitMessage.Write(writer, transaction, Durability.Sync),
            "1 flags: has an id", "1 durability: sync", "8 read version 1000", "8 id: version", "8 id: client",
            "8 id: number", "1 attempt 1", "1 ranges read: 1", "1 a key", "1 length", "5 apple", "1 ranges written: 1",
            "1 a range", "1 length", "1 begin a", "1 length", "1 end b", "1 mutations: 1", "1 kind: set", "1 length",
            "5 key apple", "1 length", "5 value green");
        transaction.Version = 2000;
        Frame("what became of it", MessageType.Decision, RoleEndpoint.CommitProxy, 4,
            writer => CommitMessage.WriteDecision(writer, transaction),
            "1 verdict: committed", "8 version 2000", "1 order", "1 conflicting ranges");
        Frame("a request that failed", MessageType.Error, RoleEndpoint.StorageServer, 5,
            writer => ErrorMessage.Write(writer, new FerrisException(ErrorCode.TransactionTooOld, "Too old.")),
            "2 code 1007", "8 message");
    }

    private void Operators()
    {
        Frame("how is the server?", MessageType.GetReport, RoleEndpoint.Admin, 6,
            writer => AdminMessage.WriteGetReport(writer, ReportKind.Status), "1 kind: status");
        Frame("so", MessageType.Report, RoleEndpoint.Admin, 6, writer => writer.WriteRaw("{}"u8), "2 JSON {}");
        Frame("log from this level on", MessageType.Order, RoleEndpoint.Admin, 7,
            writer => AdminMessage.WriteOrder(writer, AdminOrder.SetLogLevel, "debug"), "1 order: log level",
            "5 debug");
        Frame("done", MessageType.Ordered, RoleEndpoint.Admin, 7, writer => writer.WriteRaw("info"u8), "4 info");
    }

    private void Load()
    {
        Frame("rows that become tables", MessageType.LoadRows, RoleEndpoint.Load, 8,
            writer =>
            {
                writer.WriteBytes("apple"u8);
                writer.WriteBytes("red"u8);
            },
            "1 length", "5 key apple", "1 length", "3 value red");
        Frame("these were all", MessageType.LoadEnd, RoleEndpoint.Load, 9,
            writer => LoadMessage.WriteEnd(writer, isWanted: true), "1 everybody is to see them");
    }

    private void Traced()
    {
        var writer = new MessageWriter();
        writer.BeginFrame();
        writer.WriteRaw("0123456789abcdef"u8);
        writer.WriteRaw("ABCDEFGH"u8);
        writer.WriteByte(1);
        StorageMessage.WriteGet(writer, "apple"u8, 1000);
        writer.EndFrame(MessageType.Get, RoleEndpoint.StorageServer, 11, isTraced: true);
        Begin("the value of a key, in a trace");
        Tell(writer.Written.ToArray(), "4 checksum", "4 length", "8 request id 11", "1 type: Get",
            "1 endpoint: StorageServer", "2 flags: traced", "16 trace id", "8 span of the client",
            "1 trace flags: recorded", "8 version 1000", "5 key apple");
    }

    private void Frame(
        string title, MessageType type, RoleEndpoint endpoint, ulong id, Action<MessageWriter> write,
        params string[] payload)
    {
        var writer = new MessageWriter();
        writer.BeginFrame();
        write(writer);
        writer.EndFrame(type, endpoint, id);
        Begin(title);
        Tell(writer.Written.ToArray(),
            ["4 checksum", "4 length", $"8 request id {id}", $"1 type: {type}", $"1 endpoint: {endpoint}", "2 flags",
                .. payload]);
    }

    private void Begin(string title) => _text.Append(_text.Length == 0 ? "" : "\n").Append(title).Append('\n');

    // A part is the count of its bytes, and what they are.
    private void Tell(byte[] bytes, params string[] parts)
    {
        var at = 0;
        foreach (var part in parts)
        {
            var blank = part.IndexOf(' ');
            var count = int.Parse(part[..blank], CultureInfo.InvariantCulture);
            var hex = string.Join(' ', bytes.AsSpan(at, count).ToArray().Select(each => each.ToString("x2", null)));
            _text.Append(CultureInfo.InvariantCulture, $"{at,8:x2}  {hex,-23}  {part[(blank + 1)..]}\n");
            at += count;
        }
        Assert.Equal(bytes.Length, at);
    }
}
