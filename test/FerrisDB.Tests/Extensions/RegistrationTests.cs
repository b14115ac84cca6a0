using FerrisDB.Extensions;
using FerrisDB.Storage;
using FerrisDB.Tests.Network;
using FerrisDB.Tests.Server;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FerrisDB.Tests.Extensions;

/// <summary>A database that an application's host opens, hands out and closes.</summary>
public sealed class RegistrationTests : IDisposable
{
    private readonly string _folder =
        Path.Combine(Directory.CreateTempSubdirectory("ferrisdb-host-").FullName, "database");

    private CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public async Task A_host_opens_the_folder_at_its_start_and_closes_it_at_its_end()
    {
        var host = Host(services => services.AddFerrisDb(_folder));
        Assert.False(Directory.Exists(_folder));

        await host.StartAsync(Cancellation);
        Assert.True(Directory.Exists(_folder));
        var database = host.Services.GetRequiredService<Database>();
        await database.RunAsync(transaction => transaction.Set("k"u8, "v"u8), Cancellation);
        await host.StopAsync(Cancellation);
        await ((IAsyncDisposable)host).DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => database.CreateTransaction());
        using var engine = StorageEngine.Open(_folder);
        Assert.NotNull(engine.Get("k"u8));
    }

    [Fact]
    public async Task A_folder_that_somebody_else_has_stops_the_start_with_its_owner_and_an_advice()
    {
        using var owner = StorageEngine.Open(_folder);
        using var host = Host(services => services.AddFerrisDb(_folder));

        var error = await Assert.ThrowsAsync<FerrisException>(() => host.StartAsync(Cancellation));

        Assert.Equal(ErrorCode.FolderLocked, error.Code);
        Assert.Contains("another instance of the application", error.Message);
        Assert.Contains(_folder, error.Message);
    }

    [Fact]
    public async Task One_that_is_opened_lazily_waits_for_the_first_who_asks()
    {
        using var host = Host(services => services.AddFerrisDb(options =>
        {
            options.Folder = _folder;
            options.OpenAtStart = false;
        }));

        await host.StartAsync(Cancellation);
        Assert.False(Directory.Exists(_folder));

        Assert.NotNull(host.Services.GetRequiredService<Database>());
        Assert.True(Directory.Exists(_folder));
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Options_come_from_the_configuration_and_from_code()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["FerrisDb:InMemory"] = "true",
            ["FerrisDb:TransactionTimeout"] = "00:00:07",
            ["FerrisDb:RetryLimit"] = "3",
            ["FerrisDb:Durability"] = "process",
        }).Build();
        await using var services = new ServiceCollection()
            .AddFerrisDb(configuration.GetSection("FerrisDb"))
            .Configure<FerrisDbOptions>(options => options.ConfigureDatabase = database => database with
            {
                ReportConflictingKeys = true,
            })
            .BuildServiceProvider();

        var opened = services.GetRequiredService<Database>().Options;

        Assert.Equal(TimeSpan.FromSeconds(7), opened.TransactionTimeout);
        Assert.Equal(3, opened.RetryLimit);
        Assert.Equal(Durability.Process, opened.Storage.Durability);
        Assert.True(opened.ReportConflictingKeys);
        Assert.Equal(new DatabaseOptions().ValueSizeLimitBytes, opened.ValueSizeLimitBytes);
    }

    [Theory]
    [InlineData(null, false, null, "Name a folder")]
    [InlineData("data", true, null, "Leave out all but one")]
    [InlineData("data", false, "a:b@localhost:4500", "a Folder, data and a ConnectionString")]
    public void Options_that_name_no_database_or_two_are_refused(
        string? folder, bool inMemory, string? connection, string advice)
    {
        using var services = new ServiceCollection()
            .AddFerrisDb(options =>
                (options.Folder, options.InMemory, options.ConnectionString) = (folder, inMemory, connection))
            .BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<Database>());

        Assert.Contains(advice, error.Message);
    }

    [Fact]
    public async Task A_database_on_a_server_is_registered_by_its_connection_string()
    {
        await using var server = await TestServer.StartAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["FerrisDb:ConnectionString"] = server.ConnectionString,
        }).Build();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddFerrisDb(configuration.GetSection("FerrisDb"))
            .AddFerrisDbDistributedCache()
            .BuildServiceProvider();
        var cache = services.GetRequiredService<IDistributedCache>();

        await cache.SetAsync("k", [1], Cancellation);

        Assert.True(services.GetRequiredService<Database>().IsRemote);
        Assert.Equal([1], await cache.GetAsync("k", Cancellation));
        Assert.True(server.Database.Storage.LastVersion > 0);
    }

    [Fact]
    public async Task The_token_and_the_certificates_for_a_server_come_from_the_configuration()
    {
        var token = AccessToken.Create();
        var authority = Path.Combine(Path.GetDirectoryName(_folder)!, "ca.pem");
        await File.WriteAllTextAsync(authority, TestCertificates.AuthorityPem, Cancellation);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["FerrisDb:ConnectionString"] = "a:b@localhost:4500:tls",
            ["FerrisDb:Token"] = token.Text,
            ["FerrisDb:TlsCaFile"] = authority,
            ["FerrisDb:TlsVerifyPeers"] = "Check.Valid=1",
        }).Build();
        await using var services = new ServiceCollection()
            .AddFerrisDb(configuration.GetSection("FerrisDb"))
            .BuildServiceProvider();

        var opened = services.GetRequiredService<Database>().Options;

        Assert.Equal(token.Id, opened.Token?.Id);
        Assert.Equal(
            (authority, null, "Check.Valid=1"), (opened.Tls?.CaFile, opened.Tls?.KeyFile, opened.Tls?.VerifyPeers));
    }

    [Theory]
    [InlineData("a:b@localhost:4500", null, "secret", "FerrisDbOptions.Token is no access token")]
    [InlineData(null, null, "secret", "they are for servers")]
    [InlineData(null, "ca.pem", null, "they are for servers")]
    public void Tokens_and_certificates_that_lead_nowhere_are_refused_without_being_told(
        string? connection, string? authority, string? token, string advice)
    {
        using var services = new ServiceCollection()
            .AddFerrisDb(options =>
                (options.InMemory, options.ConnectionString, options.TlsCaFile, options.Token) =
                (connection is null, connection, authority, token))
            .BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<Database>());

        Assert.Contains(advice, error.Message);
        Assert.DoesNotContain("secret", error.Message);
    }

    [Fact]
    public async Task The_registered_cache_is_one_with_buffers_and_tells_time_by_the_registered_clock()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(clock)
            .AddFerrisDb(options => options.InMemory = true)
            .AddFerrisDbDistributedCache(options => options.RemovalPeriod = TimeSpan.FromHours(1))
            .BuildServiceProvider();
        var cache = services.GetRequiredService<IDistributedCache>();
        Assert.IsAssignableFrom<IBufferDistributedCache>(cache);

        cache.Set("k", [1], new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(1) });
        Assert.Equal([1], cache.Get("k"));
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(cache.Get("k"));
    }

    private static IHost Host(Action<IServiceCollection> configure)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        configure(builder.Services);
        return builder.Build();
    }
}
