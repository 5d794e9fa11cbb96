"""Work of a class that was collected elsewhere: reads archives, and whose each file is."""
