"""The desks: everything that the API and the pages ask of the service, each for one principal."""
