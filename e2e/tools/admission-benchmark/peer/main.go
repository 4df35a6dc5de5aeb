// The peer of Leafway's admission webhook in the benchmarks: what a Go operator with controller-runtime would serve for
// VirtualNodeShortcuts, with controller-runtime's own server, decoder and metrics as they are by default.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager/signals"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

func main() {
	listen := flag.String("listen", "", "host:port to serve HTTPS on")
	cert := flag.String("tls-cert", "", "certificate in PEM")
	key := flag.String("tls-key", "", "private key in PEM, in the same directory")
	pairs := flag.String("pairs", "", "file with the pairs that are taken, one `name a b` per line")
	flag.Parse()
	log.SetLogger(zap.New())
	if err := serve(*listen, *cert, *key, *pairs); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

func serve(listen, cert, key, pairs string) error {
	host, portText, err := net.SplitHostPort(listen)
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return err
	}
	owners, err := readPairs(pairs)
	if err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	scheme.AddKnownTypes(groupVersion, &VirtualNodeShortcut{})
	hook := &shortcutWebhook{owners: owners}
	server := webhook.NewServer(webhook.Options{
		Host:     host,
		Port:     port,
		CertDir:  filepath.Dir(cert),
		CertName: filepath.Base(cert),
		KeyName:  filepath.Base(key),
	})
	server.Register("/validate", admission.WithValidator[*VirtualNodeShortcut](scheme, hook))
	server.Register("/mutate", admission.WithDefaulter[*VirtualNodeShortcut](scheme, hook))
	server.WebhookMux().HandleFunc("/readyz", func(http.ResponseWriter, *http.Request) {})
	return server.Start(signals.SetupSignalHandler())
}

func readPairs(path string) (map[string]string, error) {
	owners := map[string]string{}
	if path == "" {
		return owners, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); ; {
		if !lines.Scan() {
			return owners, lines.Err()
		}
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 {
			return nil, fmt.Errorf("%s: %q is not `name a b`", path, lines.Text())
		}
		owners[pairKey(fields[1], fields[2])] = fields[0]
	}
}
