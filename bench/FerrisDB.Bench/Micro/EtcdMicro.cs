using System.Buffers.Binary;
using System.Net;

namespace FerrisDB.Bench;

/// <summary>The same load for etcd: linearizable gets, and puts that are durable when acknowledged.</summary>
/// <remarks>gRPC by hand over HTTP/2: a frame of five bytes before each message of up to three fields.</remarks>
internal sealed class EtcdMicro : IDisposable
{
    private const int Keys = 100_000;
    private const int KeyBytes = 16;
    private const int ValueBytes = 100;
    private const int FrameBytes = 5;
    private const byte FirstField = 0x0a;
    private const byte SecondField = 0x12;
    private const byte ThirdField = 0x18;
    private const byte VarintMore = 0x80;
    private const int VarintBits = 7;
    private const int WritesOneIn = 10;

    private static readonly (string Name, Func<EtcdMicro, Random, ValueTask> Run)[] Workloads =
    [
        ("get", static (etcd, random) => etcd.GetAsync(random.Next(Keys))),
        ("range-1", static (etcd, random) => etcd.GetRangeAsync(random, 1)),
        ("range-10", static (etcd, random) => etcd.GetRangeAsync(random, 10)),
        ("range-100", static (etcd, random) => etcd.GetRangeAsync(random, 100)),
        ("range-1000", static (etcd, random) => etcd.GetRangeAsync(random, 1000)),
        ("range-10000", static (etcd, random) => etcd.GetRangeAsync(random, 10_000)),
        ("set", static (etcd, random) => etcd.PutAsync(random.Next(Keys))),
        ("90/10", static (etcd, random) => random.Next(WritesOneIn) == 0
            ? etcd.PutAsync(random.Next(Keys))
            : etcd.GetAsync(random.Next(Keys))),
    ];

    private static readonly byte[] ValueField = [SecondField, ValueBytes, .. new byte[ValueBytes]];

    private readonly HttpClient _client;

    public EtcdMicro(string address) => _client = new HttpClient(
        new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
    {
        BaseAddress = new Uri(address),
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public static async Task RunAsync(string address, string only, OutstandingLoad load)
    {
        using var etcd = new EtcdMicro(address);
        await Parallel.ForAsync(0, Keys, new ParallelOptions { MaxDegreeOfParallelism = 256 },
            (number, _) => etcd.PutAsync(number));
        load.WriteHeader("etcd");
        var names = only.Split(',', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (name, run) in Workloads.Where(each => names.Length == 0 || names.Contains(each.Name)))
            await load.MeasureAsync(name, random => run(etcd, random));
    }

    public void Dispose() => _client.Dispose();

    private ValueTask GetAsync(int number) => AskRowsAsync(KeyField(FirstField, number), 1);

    private ValueTask GetRangeAsync(Random random, int rows)
    {
        var first = random.Next(Keys - rows);
        return AskRowsAsync(
            [.. KeyField(FirstField, first), .. KeyField(SecondField, first + rows), ThirdField, .. Varint(rows)],
            rows);
    }

    private async ValueTask AskRowsAsync(byte[] fields, int rows)
    {
        var answer = await AskAsync("/etcdserverpb.KV/Range", fields);
        if (answer.Length < rows * ValueBytes)
            throw new WrongDataException("A key is not there.");
    }

    private async ValueTask PutAsync(int number) =>
        await AskAsync("/etcdserverpb.KV/Put", [.. KeyField(FirstField, number), .. ValueField]);

    private async Task<byte[]> AskAsync(string method, byte[] fields)
    {
        var message = new byte[FrameBytes + fields.Length];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), fields.Length);
        fields.CopyTo(message.AsSpan(FrameBytes));
        using var request = new HttpRequestMessage(HttpMethod.Post, method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(message),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TE.Add(new("trailers"));
        using var response = await _client.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        if (response.TrailingHeaders.TryGetValues("grpc-status", out var status) && status.Single() != "0")
            throw new WrongDataException($"etcd answers with the status {status.Single()}.");
        return body;
    }

    private static byte[] KeyField(byte field, int number)
    {
        var key = new byte[2 + KeyBytes];
        key[0] = field;
        key[1] = KeyBytes;
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(key.Length - sizeof(long)), number);
        return key;
    }

    private static byte[] Varint(int number)
    {
        List<byte> bytes = [];
        for (; number >= VarintMore; number >>= VarintBits)
            bytes.Add((byte)(number | VarintMore));
        return [.. bytes, (byte)number];
    }
}
