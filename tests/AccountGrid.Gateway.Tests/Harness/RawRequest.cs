using System.Net.Sockets;
using System.Text;

namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>
/// An HTTP/1.1 request by hand, for what a proper client would never send: it begins a body and says no more.
/// </summary>
public static class RawRequest
{
    /// <summary>Sends the beginning and reads until the server hangs up or the answer's JSON has ended.</summary>
    public static async Task<string> SendAsync(
        Uri address, string line, string token, string headers, string beginningOfBody)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, cancel);
        var stream = socket.GetStream();
        var head = $"{line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{headers}\r\n\r\n";
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head + beginningOfBody), cancel);
        }
        catch (IOException)
        {
            // The server has answered before the end of the body and closed the connection; its answer can be read.
        }

        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
            if (answer.ToString().Contains("\r\n0\r\n", StringComparison.Ordinal))
            {
                break;
            }
        }

        return answer.ToString();
    }
}
