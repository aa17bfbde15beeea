package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// check tells whether a part does its work, or why not.
type check func(ctx context.Context) error

const checkTimeout = 2 * time.Second

func get(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 400))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s: %s", url, response.Status, body)
	}
	return nil
}

// answers: an HTTP endpoint on loopback says 200.
func answers(url string) check {
	client := &http.Client{Timeout: checkTimeout, Transport: &http.Transport{DisableKeepAlives: true}}
	return func(ctx context.Context) error { return get(ctx, client, url) }
}

// tlsClient trusts the cluster's authority alone, and is somebody when a user is named. Its files may not be there yet when the table
// of parts is written, so it is made at the first use.
func tlsClient(s settings, user string) (*http.Client, error) {
	authority, err := os.ReadFile(s.pki("ca.crt"))
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	config.RootCAs.AppendCertsFromPEM(authority)
	if user != "" {
		pair, err := tls.LoadX509KeyPair(s.pki(user+".crt"), s.pki(user+".key"))
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	transport := &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}
	return &http.Client{Timeout: checkTimeout, Transport: transport}, nil
}

// localTLS: an HTTPS endpoint that asks for no client certificate says 200.
func localTLS(s settings, url string) check { return securely(s, "", url) }

// apiReady: the API server says 200 to the administrator.
func apiReady(s settings, path string) check { return securely(s, "admin", apiServer+path) }

func securely(s settings, user, url string) check {
	return func(ctx context.Context) error {
		client, err := tlsClient(s, user)
		if err != nil {
			return err
		}
		return get(ctx, client, url)
	}
}

// listens: something accepts connections there.
func listens(network, address string) check {
	return func(ctx context.Context) error {
		connection, err := (&net.Dialer{Timeout: checkTimeout}).DialContext(ctx, network, address)
		if err != nil {
			return err
		}
		return connection.Close()
	}
}

// runs: the part offers nothing to ask; that its process runs has to do.
func runs() check { return func(context.Context) error { return nil } }
