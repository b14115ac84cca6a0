using System.Buffers.Binary;
using System.Net;

namespace FerrisDB.Bench;

/// <summary>The same load for etcd: linearizable gets, and puts that are durable when acknowledged.</summary>
/// <remarks>gRPC by hand over HTTP/2: a frame of five bytes before each message of one or two fields.</remarks>
internal sealed class EtcdMicro : IDisposable
{
    private const int Keys = 100_000;
    private const int KeyBytes = 16;
    private const int ValueBytes = 100;
    private const int FrameBytes = 5;
    private const byte FirstField = 0x0a;
    private const byte SecondField = 0x12;

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
        // Only what the gets can meet.
        await Parallel.ForAsync(0, Keys / 10, new ParallelOptions { MaxDegreeOfParallelism = 256 },
            (number, _) => etcd.PutAsync(number * 10));
        load.WriteHeader("etcd");
        if ("get".Contains(only, StringComparison.Ordinal))
            await load.MeasureAsync("get", random => etcd.GetAsync(random.Next(Keys / 10) * 10));
        if ("set".Contains(only, StringComparison.Ordinal))
            await load.MeasureAsync("set", random => etcd.PutAsync(random.Next(Keys / 10) * 10));
    }

    public void Dispose() => _client.Dispose();

    private async ValueTask GetAsync(int number)
    {
        var answer = await AskAsync("/etcdserverpb.KV/Range", Message(number, valueBytes: 0));
        if (answer.Length < ValueBytes)
            throw new WrongDataException("A key is not there.");
    }

    private async ValueTask PutAsync(int number) =>
        await AskAsync("/etcdserverpb.KV/Put", Message(number, ValueBytes));

    private async Task<byte[]> AskAsync(string method, byte[] message)
    {
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

    // Key and value are fields 1 and 2 of both messages; all lengths are below 128.
    private static byte[] Message(int number, int valueBytes)
    {
        var length = 2 + KeyBytes + (valueBytes > 0 ? 2 + valueBytes : 0);
        var message = new byte[FrameBytes + length];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), length);
        message[FrameBytes] = FirstField;
        message[FrameBytes + 1] = KeyBytes;
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(FrameBytes + 2 + KeyBytes - sizeof(long)), number);
        if (valueBytes > 0)
        {
            message[FrameBytes + 2 + KeyBytes] = SecondField;
            message[FrameBytes + 3 + KeyBytes] = (byte)valueBytes;
        }
        return message;
    }
}
