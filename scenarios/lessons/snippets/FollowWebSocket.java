import static java.util.concurrent.TimeUnit.SECONDS;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;

/**
 * Follows a room over a WebSocket, and publishes a draft on it if there is one:
 * java FollowWebSocket.java ws://localhost:3000 lobby '{"id":"j1","text":"hi"}'
 */
class FollowWebSocket {
  static final String END = "the connection has ended", PING = "ping";

  // Java's library reads no JSON. In a JSON string every quote is escaped, so `"seq":` can only be a key.
  static final Pattern CURSOR = Pattern.compile("\"cursor\":\"(.*?)\""), SEQ = Pattern.compile("\"seq\":(\\d+)");

  public static void main(String[] args) throws InterruptedException {
    var http = HttpClient.newHttpClient();
    var draft = args.length > 2 ? args[2] : null;
    var cursor = ""; // Where we stand. Without one the server begins with the latest 50 entries.

    while (true) {
      var after = cursor.isEmpty() ? "" : "&after=" + cursor;
      var uri = URI.create(args[0] + "/websocket/" + args[1] + "?client=java" + after);
      var frames = new Frames();
      try {
        var socket = http.newWebSocketBuilder().buildAsync(uri, frames).join();
        // The server pings every 15 s: 40 s without a frame mean that nobody is there.
        for (String frame; (frame = frames.queue.poll(40, SECONDS)) != null && frame != END; ) {
          if (frame.startsWith("{\"entry\":")) {
            System.out.println(frame);
            var seq = SEQ.matcher(frame);
            if (seq.find()) cursor = cursor.substring(0, 5) + seq.group(1); // `k3f9.` and where it is now
          } else if (frame.startsWith("{\"joined\":") || frame.startsWith("{\"gap\":")) {
            var stand = CURSOR.matcher(frame);
            if (stand.find()) cursor = stand.group(1);
            if (frame.startsWith("{\"gap\":")) System.err.println("some entries are no longer kept");
            // Until there is a receipt it is sent on each connection; by its id the server knows it again.
            else if (draft != null) socket.sendText("{\"publish\":" + draft + "}", true);
          } else if (frame.startsWith("{\"receipt\":")) {
            System.out.println(frame);
            draft = null;
          } else if (frame != PING) System.err.println(frame);
        }
        socket.abort();
      } catch (CompletionException problem) {
        System.err.println(problem.getMessage());
      }
      SECONDS.sleep(1);
    }
  }

  /** The text frames of one connection, in a queue that can be waited on. */
  static class Frames implements WebSocket.Listener {
    final LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();

    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        queue.add(text.toString());
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    /** The library has answered it by itself. */
    public CompletionStage<?> onPing(WebSocket socket, ByteBuffer data) {
      queue.add(PING);
      socket.request(1);
      return null;
    }

    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      System.err.println("closed with " + code + " " + reason);
      queue.add(END);
      return null;
    }

    public void onError(WebSocket socket, Throwable problem) {
      System.err.println(problem);
      queue.add(END);
    }
  }
}
