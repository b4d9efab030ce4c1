from pixferry.cli import main

main()
