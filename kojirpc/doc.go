// Package kojirpc is a client of the Koji hub, the XML-RPC server of the Koji
// build system.
//
// A [Client] stands for one hub. It calls anonymously, which is enough for
// nearly everything there is to read, from any number of goroutines at once.
// Calls that only read and are made at about the same time travel together as
// one multiCall; each caller gets its own result or its own error.
//
//	c, err := kojirpc.New(kojirpc.Options{Server: "https://koji.example.com/kojihub"})
//	…
//	defer c.Close(ctx)
//	build, err := c.GetBuild(ctx, kojirpc.Name("bash-5.2-1.fc44"))
//
// A [Session] of a client calls as somebody. It logs in with a client
// certificate or by GSSAPI when it is first used, renews itself when the hub
// says that it has expired, logs in anew when it is gone, and logs out when it
// or its client is closed. The hub handles the calls of one session one after
// the other, so a Session sends them that way.
//
//	s, err := c.Session(kojirpc.Credentials{Negotiator: &kojirpc.Kerberos{}})
//	…
//	user, err := s.GetLoggedInUser(ctx)
//
// Both have the methods of [API], which return values of package koji. What
// those do not cover is called by name: [API.Call] returns whatever the hub
// returns, [CallInto] decodes it into a Go type or a koji value, and a [Batch]
// sends several calls as one transaction.
//
//	perms, err := kojirpc.CallInto[[]string](ctx, s, "getPerms")
//	tasks, err := kojirpc.CallInto[[]koji.Task](ctx, c, "getTaskChildren", 42, kojirpc.Named{"request": true})
//
// # Errors
//
// Errors say what was called: "hub getBuild 42: …". Inside are
//
//   - a fault of the hub: one type for each of Koji's codes ([GenericError],
//     [AuthError], …), all of which errors.As also takes for a [*Fault], and
//     which errors.Is compares with a [FaultCode];
//   - [ErrNotFound], where the hub knows no such thing;
//   - an [*HTTPError] where what answered was not the hub but the web server in
//     front of it;
//   - a [*NetworkError] where nothing answered;
//   - an error of package xmlrpc where the answer could not be read;
//   - an [*UnavailableError] where the hub has failed often enough not to be
//     asked for a while;
//   - ErrClosed, or the error of the context.
//
// No error holds a password, a session key or a ticket.
//
// # Repeating
//
// What may have failed by accident (the network, a gateway's 502, 503 or 504, a
// hub that says it is offline) is tried again after a random pause that grows,
// for as long as the caller's context allows, if repeating is harmless: calls
// that only read, calls that never left this machine, and, within a session, all
// others, since the hub refuses to do a numbered call twice (the error is then a
// [RetryError]: it was done, but the answer is lost).
package kojirpc
