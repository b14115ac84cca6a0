using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace FerrisDB.Server;

// By HTTP, on a port of its own, for those who look after servers. No keys and no values are to be had here.
//
//     /metrics    the meters, in Prometheus's form
//     /healthz    200: the process is alive
//     /readyz     200 if it takes reads and writes, else 503 and why not
//     /status     the status document

/// <summary>Answers to Prometheus and to probes of health.</summary>
internal sealed class MetricsEndpoint : IAsyncDisposable
{
    private const string PlainText = "text/plain; charset=utf-8";
    private const string JsonText = "application/json";

    private readonly WebApplication _host;
    private readonly ServerAdmin _admin;

    private MetricsEndpoint(WebApplication host, ServerAdmin admin)
    {
        _host = host;
        _admin = admin;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Listens.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.ConnectionFailed"/>: it cannot.</exception>
    public static async ValueTask<MetricsEndpoint> StartAsync(IPEndPoint where, ServerAdmin admin, MeterProvider meters)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(where);
        });
        var endpoint = new MetricsEndpoint(builder.Build(), admin);
        endpoint._host.UseOpenTelemetryPrometheusScrapingEndpoint(
            meters, context => context.Request.Path == "/metrics", path: null, configureBranchedPipeline: null,
            optionsName: null);
        endpoint._host.Run(endpoint.AnswerAsync);
        try
        {
            await endpoint._host.StartAsync();
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            await endpoint.DisposeAsync();
            throw new FerrisException(
                ErrorCode.ConnectionFailed, $"Cannot serve metrics at {where}: {failure.Message}", failure);
        }
        var address = endpoint._host.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single();
        endpoint.EndPoint = new IPEndPoint(where.Address, new Uri(address).Port);
        return endpoint;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "This can only be read.\n");
        switch (context.Request.Path.Value)
        {
            case "/healthz":
                return WriteAsync(context, StatusCodes.Status200OK, "alive\n");
            case "/readyz":
                return _admin.IsReady
                    ? WriteAsync(context, StatusCodes.Status200OK, "ready\n")
                    : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, _admin.Status.Summary + "\n");
            case "/status":
                context.Response.ContentType = JsonText;
                return context.Response.Body.WriteAsync(_admin.Report(ReportKind.Status)).AsTask();
            default:
                return WriteAsync(
                    context, StatusCodes.Status404NotFound, "There are /metrics, /healthz, /readyz and /status.\n");
        }
    }

    private static Task WriteAsync(HttpContext context, int code, string text)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = PlainText;
        return context.Response.WriteAsync(text);
    }
}
