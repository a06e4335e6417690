package rabbit

import (
	"context"
	"fmt"
	"net/http"
)

// Permissions are regular expressions for the exchanges and queues that a user may
// configure, write to and read from. An empty expression allows nothing.
type Permissions struct {
	Configure string `json:"configure"`
	Write     string `json:"write"`
	Read      string `json:"read"`
}

// Everything allows a user everything in a vhost.
func Everything() Permissions { return Permissions{Configure: ".*", Write: ".*", Read: ".*"} }

// QueueStats has the counts of a queue.
type QueueStats struct {
	Name      string `json:"name"`
	Type      string `json:"type"`                    // classic, quorum or stream
	Ready     int    `json:"messages_ready"`          // waiting for a consumer
	Unacked   int    `json:"messages_unacknowledged"` // delivered and not settled
	Consumers int    `json:"consumers"`
}

// Connection is a client's connection to the broker.
type Connection struct {
	Name       string `json:"name"` // the two addresses: unique
	ClientName string `json:"-"`    // as the client chose; may be empty
	VHost      string `json:"vhost"`
	User       string `json:"user"`
	State      string `json:"state"`
}

// CreateVHost creates a vhost in which the API's own user may do everything.
func (a *Admin) CreateVHost(ctx context.Context, name string) error {
	if err := a.Call(ctx, http.MethodPut, struct{}{}, nil, "vhosts", name); err != nil {
		return err
	}
	return a.Permit(ctx, name, a.user, Everything())
}

// DeleteVHost deletes a vhost with everything in it and closes the connections to it.
func (a *Admin) DeleteVHost(ctx context.Context, name string) error {
	return a.Call(ctx, http.MethodDelete, nil, nil, "vhosts", name)
}

// PutUser creates a user without administrator rights, or changes its password. With an
// empty password the user cannot log in by password.
func (a *Admin) PutUser(ctx context.Context, name, password string) error {
	user := map[string]string{"password": password, "tags": ""}
	if password == "" {
		user = map[string]string{"password_hash": "", "tags": ""}
	}
	return a.Call(ctx, http.MethodPut, user, nil, "users", name)
}

// DeleteUser deletes a user.
func (a *Admin) DeleteUser(ctx context.Context, name string) error {
	return a.Call(ctx, http.MethodDelete, nil, nil, "users", name)
}

// Permit sets the permissions of a user in a vhost.
func (a *Admin) Permit(ctx context.Context, vhost, user string, p Permissions) error {
	return a.Call(ctx, http.MethodPut, p, nil, "permissions", vhost, user)
}

// QueueStats returns the management plugin's counts of a queue, which can be some seconds
// old.
func (a *Admin) QueueStats(ctx context.Context, vhost, name string) (QueueStats, error) {
	var q QueueStats
	return q, a.Call(ctx, http.MethodGet, nil, &q, "queues", vhost, name)
}

// DeleteQueue deletes a queue with its messages.
func (a *Admin) DeleteQueue(ctx context.Context, vhost, name string) error {
	return a.Call(ctx, http.MethodDelete, nil, nil, "queues", vhost, name)
}

// Connections lists the clients of a vhost from the management plugin's data, which can be
// some seconds old.
func (a *Admin) Connections(ctx context.Context, vhost string) ([]Connection, error) {
	var all []struct {
		Connection
		UserName string `json:"user_provided_name"`
	}
	if err := a.Call(ctx, http.MethodGet, nil, &all, "vhosts", vhost, "connections"); err != nil {
		return nil, err
	}
	found := make([]Connection, len(all))
	for i, c := range all {
		found[i] = c.Connection
		found[i].ClientName = c.UserName
	}
	return found, nil
}

// CloseConnection makes the broker close a connection. The client gets the reason.
func (a *Admin) CloseConnection(ctx context.Context, name, reason string) error {
	req, err := a.request(ctx, http.MethodDelete, nil, "connections", name)
	if err != nil {
		return err
	}
	req.Header.Set("X-Reason", reason)
	_, err = a.do(req)
	if err != nil {
		return fmt.Errorf("close connection %s: %w", name, err)
	}
	return nil
}
