using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FerrisDB.Tests.Backup;

/// <summary>As much of a store of objects as backups use, in memory, behind real HTTP on this machine.</summary>
internal sealed class S3StandIn : IAsyncDisposable
{
    public const string Bucket = "bucket";

    private const int PageSize = 3; // small, so that every list has several pages

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, byte[]>> _uploads = [];
    private readonly WebApplication _server;
    private int _uploadNumber;

    private S3StandIn(WebApplication server) => _server = server;

    /// <summary>When everything was written, as the store tells it.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Requests that it refuses, by method and key.</summary>
    public Func<string, string, bool> Refuses { get; set; } = static (_, _) => false;

    public int UploadsUnderWay => _uploads.Count;

    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_lock)
                return [.. _objects.Keys];
        }
    }

    public static async Task<S3StandIn> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        var standIn = new S3StandIn(builder.Build());
        standIn._server.Run(standIn.AnswerAsync);
        await standIn._server.StartAsync();
        return standIn;
    }

    public AmazonS3Client NewClient()
    {
        var address = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        return FerrisDB.Backup.S3.S3Client.Create(
            new Uri(address), new BasicAWSCredentials("somebody", "secret"), retriesMax: 0);
    }

    public byte[] Content(string key)
    {
        lock (_lock)
            return _objects[key];
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var path = Uri.UnescapeDataString(context.Request.Path.Value!).TrimStart('/');
        var slash = path.IndexOf('/');
        var key = slash < 0 ? "" : path[(slash + 1)..];
        var isSigned = context.Request.Headers.Authorization.ToString().StartsWith(
            "AWS4-HMAC-SHA256 Credential=somebody/", StringComparison.Ordinal);
        if (!isSigned || Refuses(context.Request.Method, key))
            await RefuseAsync(context, HttpStatusCode.Forbidden, "AccessDenied");
        else
            await AnswerAsync(context, key, body.ToArray());
    }

    private Task AnswerAsync(HttpContext context, string key, byte[] body)
    {
        var query = context.Request.Query;
        lock (_lock)
        {
            return context.Request.Method switch
            {
                "GET" when query.ContainsKey("list-type") => ListAsync(context),
                "GET" => ReadAsync(context, key),
                "PUT" when query.ContainsKey("uploadId") => PutPart(context, body),
                "PUT" => PutAsync(context, key, body),
                "POST" when query.ContainsKey("uploads") => BeginUploadAsync(context, key),
                "POST" => EndUploadAsync(context, key),
                "DELETE" => Delete(context, key),
                _ => RefuseAsync(context, HttpStatusCode.NotImplemented, "NotImplemented"),
            };
        }
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (prefix, after) = (query["prefix"].ToString(), query["continuation-token"].ToString());
        var found = _objects.Where(each => each.Key.StartsWith(prefix, StringComparison.Ordinal)
                && !each.Key[prefix.Length..].Contains('/', StringComparison.Ordinal)
                && string.CompareOrdinal(each.Key, after) > 0)
            .ToList();
        var text = new StringBuilder("<ListBucketResult>");
        foreach (var (key, content) in found.Take(PageSize))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"<Contents><Key>{SecurityElement.Escape(key)}</Key><Size>{content.Length}</Size></Contents>");
        }
        if (found.Count > PageSize)
            text.Append("<NextContinuationToken>").Append(found[PageSize - 1].Key).Append("</NextContinuationToken>");
        text.Append("<IsTruncated>").Append(found.Count > PageSize ? "true" : "false");
        return WriteAsync(context, text.Append("</IsTruncated></ListBucketResult>").ToString());
    }

    private Task ReadAsync(HttpContext context, string key)
    {
        if (!_objects.TryGetValue(key, out var content))
            return RefuseAsync(context, HttpStatusCode.NotFound, "NoSuchKey");
        context.Response.Headers.LastModified = Now.ToString("R", CultureInfo.InvariantCulture);
        context.Response.ContentLength = content.Length;
        return context.Response.Body.WriteAsync(content).AsTask();
    }

    private Task PutAsync(HttpContext context, string key, byte[] body)
    {
        if (context.Request.Headers.IfNoneMatch == "*" && _objects.ContainsKey(key))
            return RefuseAsync(context, HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        _objects[key] = body;
        context.Response.Headers.ETag = "\"whole\"";
        return Task.CompletedTask;
    }

    private Task PutPart(HttpContext context, byte[] body)
    {
        var number = int.Parse(context.Request.Query["partNumber"].ToString(), CultureInfo.InvariantCulture);
        _uploads[context.Request.Query["uploadId"].ToString()][number] = body;
        context.Response.Headers.ETag = $"\"part{number}\"";
        return Task.CompletedTask;
    }

    private Task BeginUploadAsync(HttpContext context, string key)
    {
        var id = $"upload{++_uploadNumber}";
        _uploads.Add(id, []);
        return WriteAsync(
            context,
            $"<InitiateMultipartUploadResult><Bucket>{Bucket}</Bucket><Key>{key}</Key><UploadId>{id}</UploadId>"
                + "</InitiateMultipartUploadResult>");
    }

    private Task EndUploadAsync(HttpContext context, string key)
    {
        _uploads.Remove(context.Request.Query["uploadId"].ToString(), out var parts);
        _objects[key] = [.. parts!.Values.SelectMany(part => part)];
        return WriteAsync(
            context, $"<CompleteMultipartUploadResult><Key>{key}</Key><ETag>x</ETag></CompleteMultipartUploadResult>");
    }

    private Task Delete(HttpContext context, string key)
    {
        if (context.Request.Query.TryGetValue("uploadId", out var upload))
            _uploads.Remove(upload.ToString());
        else
            _objects.Remove(key);
        context.Response.StatusCode = (int)HttpStatusCode.NoContent;
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext context, string xml)
    {
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync(xml);
    }

    private static Task RefuseAsync(HttpContext context, HttpStatusCode status, string code)
    {
        context.Response.StatusCode = (int)status;
        return WriteAsync(context, $"<Error><Code>{code}</Code><Message>{code}</Message></Error>");
    }
}
