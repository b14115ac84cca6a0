using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests.Server;

/// <summary>What a session lets through, frame by frame: what a client would not send is refused too.</summary>
public sealed class SessionAccessTests
{
    private static readonly RequestLimits Limits = new DatabaseOptions().Limits;

    // Invariant: a message that nobody has thought of is an admin's.
    [Fact]
    public async Task All_that_is_not_asked_by_transactions_is_for_admins()
    {
        await using var database = Database.OpenInMemory();
        foreach (var role in new[] { AccessRole.ReadOnly, AccessRole.ReadWrite })
        {
            var grant = new AccessGrant("x", role, []);
            for (var endpoint = (int)RoleEndpoint.CommitProxy + 1; endpoint <= byte.MaxValue; endpoint++)
            {
                for (var type = 0; type <= byte.MaxValue; type += endpoint < 8 ? 1 : 17)
                {
                    // How the server is may be told to everybody whose keys are all keys.
                    if (((RoleEndpoint)endpoint, (MessageType)type) is (RoleEndpoint.Admin, MessageType.GetReport))
                        continue;
                    // Who may write may write much.
                    if (role == AccessRole.ReadWrite && IsLoad((RoleEndpoint)endpoint, (MessageType)type))
                        continue;
                    Assert.Equal(
                        ErrorCode.PermissionDenied,
                        Ask(database, grant, (RoleEndpoint)endpoint, (MessageType)type, []));
                }
            }
        }
    }

    private static bool IsLoad(RoleEndpoint endpoint, MessageType type) => endpoint == RoleEndpoint.Load
        && type is MessageType.LoadBegin or MessageType.LoadRows or MessageType.LoadEnd;

    [Theory]
    [InlineData("p/a", null)]
    [InlineData("p0", ErrorCode.PermissionDenied)]
    [InlineData("", ErrorCode.PermissionDenied)]
    public async Task A_watch_is_for_keys_that_may_be_seen(string key, ErrorCode? expected)
    {
        var payload = new MessageWriter();
        StorageMessage.WriteWatch(payload, System.Text.Encoding.ASCII.GetBytes(key), null);

        await using var database = Database.OpenInMemory();

        Assert.Equal(expected, Ask(
            database, new AccessGrant("x", AccessRole.ReadOnly, "p/"u8.ToArray()), RoleEndpoint.StorageServer,
            MessageType.Watch, payload.Written.ToArray()));
    }

    [Theory]
    [InlineData("user/", "user0")]
    [InlineData("a\u00ff", "b")]
    [InlineData("a\u00ff\u00ff", "b")]
    [InlineData("", "\u00ff")]
    public void A_prefix_ends_before_the_first_key_that_does_not_begin_so(string prefix, string end)
    {
        var latin = System.Text.Encoding.Latin1;
        var grant = new AccessGrant("x", AccessRole.ReadWrite, latin.GetBytes(prefix));

        grant.CheckKey(latin.GetBytes(prefix + "\u00fe\u00ff\u00ff"[(prefix.Length == 0 ? 0 : 1)..]));
        grant.CheckRange(latin.GetBytes(prefix), latin.GetBytes(end));
        Assert.Throws<FerrisException>(() => grant.CheckKey(latin.GetBytes(end)));
        Assert.Throws<FerrisException>(
            () => grant.CheckRange(latin.GetBytes(prefix), latin.GetBytes(end + "\0")));
    }

    [Fact]
    public void An_error_says_who_may_do_what_and_what_that_was()
    {
        var grant = new AccessGrant("shop (abc)", AccessRole.ReadOnly, "orders/"u8.ToArray());

        var error = Assert.Throws<FerrisException>(() => grant.CheckWritten("orders/1"u8));

        Assert.Equal("shop (abc) may read keys below orders/, and nothing may be written.", error.Message);
        Assert.Equal(
            "shop (abc) may read keys below orders/, and the read from the first key on leaves them.",
            grant.LeftBehind([]).Message);
    }

    // Random commits, with and without the check, against the rule in a line.
    [Fact]
    public void A_commit_is_let_through_if_each_of_its_keys_is_of_the_prefix()
    {
        foreach (var seed in Seeds.ToTry(standard: 400))
        {
            var random = new Random(seed);
            var grant = new AccessGrant("x", AccessRole.ReadWrite, "p/"u8.ToArray());
            var (transaction, isWithin) = RandomCommit(random);
            var payload = new MessageWriter();
            CommitMessage.Write(payload, transaction, Durability.None);

            var error = Record.Exception(
                () => CommitMessage.Read(payload.Written.Span, new CommitTransaction(), Limits, grant));

            Assert.True(isWithin == error is null, $"seed {seed}: {error?.Message ?? "was let through"}");
        }
    }

    private static (CommitTransaction Transaction, bool IsWithin) RandomCommit(Random random)
    {
        var transaction = new CommitTransaction { ReadVersion = 1 };
        var isWithin = true;
        byte[] Key(bool isEnd)
        {
            byte[] key = [(byte)('o' + random.Next(3)), (byte)('.' + random.Next(3)), (byte)('a' + random.Next(3))];
            key = random.Next(8) < 6 ? [(byte)'p', (byte)'/', key[2]] : random.Next(2) == 0 ? key[..2] : key;
            isWithin &= key is [(byte)'p', (byte)'/', ..] || (isEnd && key is [(byte)'p', (byte)'0']);
            return key;
        }
        void AddRange(Action<byte[], byte[]> add)
        {
            var wasWithin = isWithin;
            var begin = Key(isEnd: true);
            var end = Key(isEnd: true);
            if (begin.AsSpan().SequenceEqual(end))
                isWithin = wasWithin;
            else if (begin.AsSpan().SequenceCompareTo(end) < 0)
                add(begin, end);
            else
                add(end, begin);
        }
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            switch (random.Next(5))
            {
                case 0:
                    transaction.Reads.AddPoint(Key(isEnd: false));
                    break;
                case 1:
                    AddRange((begin, end) => transaction.Reads.Add(begin, end));
                    break;
                case 2:
                    transaction.Writes.AddPoint(Key(isEnd: false));
                    break;
                case 3:
                    AddRange((begin, end) => transaction.Mutations.Add(MutationKind.ClearRange, begin, end));
                    break;
                default:
                    transaction.Mutations.Add(MutationKind.Set, Key(isEnd: false), "v"u8);
                    break;
            }
        }
        return (transaction, isWithin);
    }

    // The error that a frame is answered with at once; null if it is not.
    private static ErrorCode? Ask(
        Database database, AccessGrant grant, RoleEndpoint endpoint, MessageType type, byte[] payload)
    {
        var answers = new List<byte[]>();
        var output = new FrameOutput(
            frames =>
            {
                answers.Add(frames.ToArray());
                return default;
            },
            static _ => { });
        var roles = new RoleServer(database.Embedded.Roles, Limits, TimeProvider.System);
        var session = roles.Open(output, new SessionAccess(grant, null, null));
        session.Receive(new FrameHeader(type, endpoint, 1), payload);
        session.EndBurst();
        session.Close();
        if (answers is not [var frame])
            return null;
        Assert.Equal(MessageType.Error, FrameHeader.Read(frame).Type);
        return ErrorMessage.Read(frame.AsSpan(ProtocolFormat.FrameHeaderSize)).Code;
    }
}
