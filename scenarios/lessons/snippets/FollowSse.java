import static java.util.concurrent.TimeUnit.SECONDS;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;

/** Follows a room over server-sent events: java FollowSse.java http://localhost:3000 lobby */
class FollowSse {
  static final String END = "the connection has ended";

  public static void main(String[] args) throws InterruptedException {
    // Left to itself it asks for HTTP/2 by an Upgrade header, on every new connection without TLS.
    var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    var cursor = ""; // Where we stand. Without one the server begins with the latest 50 entries.

    while (true) {
      var request = HttpRequest.newBuilder(URI.create(args[0] + "/sse/" + args[1]));
      request.header("Accept", "text/event-stream").header("Last-Event-ID", cursor);
      var lines = new Lines();
      http.sendAsync(request.build(), BodyHandlers.fromLineSubscriber(lines))
          .whenComplete((response, problem) -> {
            System.err.println(problem == null ? response : problem.getMessage());
            lines.queue.add(END);
          });

      String id = cursor, event = "", data = "";
      // A heartbeat comes every 15 s: 40 s without a line mean that nobody is there.
      for (String line; (line = lines.queue.poll(40, SECONDS)) != null && line != END; ) {
        if (line.startsWith("id: ")) id = line.substring(4);
        else if (line.startsWith("event: ")) event = line.substring(7);
        else if (line.startsWith("data: ")) data = line.substring(6);
        else if (line.isEmpty()) { // It ends the event, and only a whole one moves us on.
          cursor = id;
          if (event.equals("gap")) System.err.println("some entries are no longer kept");
          else if (event.isEmpty() && !data.isEmpty()) System.out.println(data);
          event = data = "";
        }
      }
      lines.cancel();
      SECONDS.sleep(1);
    }
  }

  /** The lines of one response, in a queue that can be waited on. */
  static class Lines implements Flow.Subscriber<String> {
    final LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private volatile Flow.Subscription subscription;

    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    public void onNext(String line) {
      queue.add(line);
    }

    // Both ends are told by the response's future, which also knows of a connection that never was.
    public void onComplete() {}

    public void onError(Throwable problem) {}

    void cancel() {
      if (subscription != null) subscription.cancel();
    }
  }
}
