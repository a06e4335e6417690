package main

import (
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/integration/rig/hubdata"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/parse"
)

// maxLine limits the size of a recorded message.
const maxLine = 16 << 20

func hubCommand() *cobra.Command {
	var address, file string
	cmd := &cobra.Command{
		Use:   "hub",
		Short: "Be a Koji hub in a box",
		Long: `hub answers as the Koji hub did that a recording is from. What is posted to /happened,
a line of a recording, has its tasks and builds be as they were then.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			data, err := hubdata.FromRecording(file)
			if err != nil {
				return err
			}
			hub, err := hubtest.New(hubtest.Options{Data: data})
			if err != nil {
				return err
			}
			defer hub.Close()
			return serve(cmd.Context(), address, hubPages(hub))
		},
	}
	cmd.Flags().StringVar(&address, "listen", ":8080", "the `address` to listen on")
	recordingFlag(cmd, &file)
	return cmd
}

func hubPages(hub *hubtest.Hub) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(hubtest.Path, hub)
	mux.Handle(hubtest.Path+"/", hub)
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	parser := parse.New(parse.Options{})
	mux.HandleFunc("POST /happened", func(w http.ResponseWriter, r *http.Request) {
		if err := happen(hub, parser, http.MaxBytesReader(w, r.Body, maxLine)); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	})
	return mux
}

// happen updates the hub's data with a recorded message.
func happen(hub *hubtest.Hub, parser *parse.Parser, line io.Reader) error {
	d, err := recording.NewReader(line).Next()
	if err != nil {
		return err
	}
	e, err := parser.Parse(&parse.Delivery{
		Exchange: d.Exchange, RoutingKey: d.RoutingKey, Type: d.Type, MessageID: d.MessageID,
		Headers: d.Headers, Body: d.Body,
	})
	if err != nil {
		return err
	}
	return hub.Update(func(data *hubtest.Data) { hubdata.Happen(data, e) })
}
