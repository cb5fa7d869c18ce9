namespace AccountGrid.Gateway.Host.Tests;

public static class HostSettingsTests
{
    private static HostSettings Good => new() { Postgres = "Host=db;Password=open-sesame" };

    [Fact]
    public static void The_defaults_are_valid_with_a_database() => Assert.Empty(Good.Validate());

    [Fact]
    public static void Everything_wrong_is_named_at_once_and_no_secret_is_told()
    {
        var settings = Good;
        settings.Postgres = "Hst=db;Password=open-sesame";
        settings.Schema = "Public";
        settings.ClusterId = "";
        settings.HttpPort = 70_000;
        settings.GrpcPort = -1;
        settings.ResponseTimeout = TimeSpan.FromMinutes(1);
        settings.Traces.Keep = -1;

        Assert.Equal(
            [
                "Postgres must be a connection string in Npgsql's form that names a Host.",
                "Schema must be 1 to 48 characters of a-z 0-9 _.",
                "ClusterId must have 1 to 100 characters.",
                "HttpPort must be from 0 to 65535; it is 70000.",
                "GrpcPort must be from 0 to 65535; it is -1.",
                "ResponseTimeout must be from 00:00:00.1000000 to 00:00:30; it is 00:01:00.",
                "Traces:Keep must be from 0 to 100000; it is -1.",
            ],
            settings.Validate());
    }
}
